"""What an answer took, as a service tells it."""

from voiceapp.conversation.events import Usage

TURN = Usage(
    input_tokens=1000,
    output_tokens=300,
    input_text_tokens=400,
    input_audio_tokens=600,
    output_text_tokens=100,
    output_audio_tokens=200,
)
