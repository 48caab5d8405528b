"""Speech to text, text to speech, and whether somebody speaks."""
