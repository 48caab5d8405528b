"""The same answer in many scripts, with digits and punctuation as each writes them (tests/js/support/scripts.js)."""

ANSWERS = {
    "English": "Well, it is 3.5 metres high. Don't worry: 12 people built it in 1998!",
    "Japanese": "はい、高さは3.5メートルです。心配しないで、1998年に12人で建てたんですよ！GPTより古いんです。",
    "Chinese": "好的，高度是3.5米。别担心，1998年由12个人建成！",
    "Korean": "네, 높이는 3.5미터입니다. 걱정하지 마세요, 1998년에 12명이 지었어요!",
    "Thai": "ค่ะ สูง 3.5 เมตร ไม่ต้องกังวลนะคะ คนสิบสองคนสร้างที่นี่",
    "Hindi": "जी, इसकी ऊँचाई 3.5 मीटर है। चिंता मत कीजिए, इसे 12 लोगों ने बनाया।",
    "Arabic": "نعم، ارتفاعه 3.5 أمتار. لا تقلق، بناه 12 شخصًا في سنة 1998! هل فهمت؟",
    "Hebrew": "כן, הגובה הוא 3.5 מטר. אל דאגה, 12 איש בנו אותו!",
    "emoji": "Great 👩‍👩‍👧‍👦! Japan 🇯🇵 and thumbs 👍🏽 — done ✅.",
    "mixed": "GPTは「hello」、مرحبا、안녕、👨‍💻と言いました。OK?",
}
