"""The commands of `aftershow`, each a file: its words, what it calls of the inside, and its page.

A file's name is the command's, with `_` for `-` and after a word of Python's; a folder is a group of
commands. Its function `command` has the words: the options, and a docstring that is the help. A file that
begins with `_` is what several commands have in common.
"""
