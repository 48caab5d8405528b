"""The page's side of the wire."""
