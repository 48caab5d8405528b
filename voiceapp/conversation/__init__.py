"""One call, told what happened and answering with effects; see README.md for this folder's law."""
