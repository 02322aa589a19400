"""One file for each lead format; all give rows of file, line and cells."""
