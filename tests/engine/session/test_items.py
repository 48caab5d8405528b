"""What a conversation keeps, and no more than that."""

from voiceapp.engine.session.items import (
    MAX_CHARACTERS,
    MAX_ITEMS,
    PICTURE_CHARACTERS,
    PICTURE_GONE,
    Items,
    StoredItem,
    beginning,
)


def said(number: int, text: str = "Hello.") -> StoredItem:
    content = [{"type": "input_text", "text": text}]
    return StoredItem({"id": f"item_{number}", "type": "message", "role": "user", "content": content})


def test_the_oldest_items_are_forgotten_when_there_are_too_many() -> None:
    items = Items()
    for number in range(MAX_ITEMS + 10):
        items.add(said(number))
    assert len(items.stored) == MAX_ITEMS
    assert items.find("item_9") is None
    assert items.find("item_10") is not None
    assert items.last == f"item_{MAX_ITEMS + 9}"


def test_the_oldest_items_are_forgotten_when_their_texts_are_too_long() -> None:
    items = Items()
    for number in range(5):
        items.add(said(number, "x" * (MAX_CHARACTERS // 3)))
    assert [stored.identifier for stored in items.stored] == ["item_2", "item_3", "item_4"]


def test_whole_words_of_a_script_that_has_words() -> None:
    assert beginning("one two three", 5) == "one"
    assert beginning("one two three", 7) == "one two"
    assert beginning("one two three", 99) == "one two three"
    assert beginning("今日はいい天気", 4) == "今日はい"


def test_what_was_heard_of_an_answer_is_kept_by_letters() -> None:
    part = {"type": "output_audio", "transcript": "今日はいい天気ですね。"}
    kept = StoredItem({"id": "i", "role": "assistant", "content": [part]}, audio_ms=1100)
    kept.truncate(600)
    assert kept.text == "今日はいい天"


def test_a_message_has_its_pictures_and_they_take_room() -> None:
    content = [{"type": "input_text", "text": "Look!"}, {"type": "input_image", "image_url": "data:,A"}]
    stored = StoredItem({"id": "i", "type": "message", "role": "user", "content": content})
    assert (stored.message().text, stored.message().pictures) == ("Look!", ("data:,A",))
    assert stored.characters == len("Look!") + len("data:,A")


def shown(number: int, size: int = PICTURE_CHARACTERS // 3) -> StoredItem:
    content = [{"type": "input_image", "image_url": "data:image/jpeg;base64,".ljust(size, "A")}]
    return StoredItem({"id": f"picture_{number}", "type": "message", "role": "user", "content": content})


def test_pictures_take_no_room_from_what_was_said() -> None:
    items = Items()
    items.add(said(1, "I am Ann."))
    for number in range(40):
        items.add(shown(number))
    assert len(items.stored) == 41
    messages = items.messages()
    assert messages[0].text == "I am Ann."
    assert [bool(message.pictures) for message in messages[1:]] == [False] * 37 + [True] * 3
    assert {message.text for message in messages[1:38]} == {PICTURE_GONE}
    assert sum(stored.characters for stored in items.stored) < PICTURE_CHARACTERS + 4_000


def test_the_latest_picture_is_there_however_large_it_is() -> None:
    items = Items()
    items.add(shown(1))
    items.add(shown(2, PICTURE_CHARACTERS + 1))
    assert [bool(message.pictures) for message in items.messages()] == [False, True]
