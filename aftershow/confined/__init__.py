"""What comes from outside is worked on in a process of its own, with limits and without our secrets.

A lead file or a template may make a library take all memory, run for hours or abort. Whatever it does, it
does it there: that process ends, and who asked is told why.
"""
