"""`make fuzz`: every parser that meets foreign bytes, under atheris."""
