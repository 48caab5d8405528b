"""Whatever finds the words of an answer: rules in two languages, or a language model elsewhere."""
