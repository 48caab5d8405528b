"""Speech to text, text to speech, and voice activity detection."""
