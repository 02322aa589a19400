"""How much a lead file may hold: many times what a show gives, and no more than a small machine can take.

Sizes are in characters unless they say bytes.
"""

#: Bytes of a file: two million rows of 250.
LARGEST_FILE = 500_000_000
#: Rows of a file: twice as many as a sheet of Excel can have.
MOST_ROWS = 2_000_000
#: Lines of a text file, also blank ones: a card has some ten.
MOST_LINES = 10 * MOST_ROWS
#: Cells of a row, lines of a card, and different headings of a whole file; the widest exports have 300.
MOST_COLUMNS = 1_000
#: A heading: a survey's question with its legal wording is shorter.
LONGEST_HEADING = 1_000
#: All headings of a file together: each row is kept with its own, so that they multiply.
LONGEST_HEADINGS = 50_000
#: A row or a card: six cells as long as Excel allows.
LONGEST_ROW = 200_000
#: A line of a text file; a card may have its picture in one.
LONGEST_LINE = 1_000_000
#: What is kept of a whole file, headings repeated in each row: two million rows of a thousand.
MOST_KEPT = 2_000_000_000
#: What is kept of its cells: a workbook writes down once what stands in many of them, so it may come to a
#: hundred times its bytes, and the smallest one to so much.
MOST_FOR_EACH_BYTE, SMALLEST_MOST = 100, 10_000_000
#: So many rows, or so many characters, are matched and written together.
BATCH, LARGEST_BATCH = 1_000, 4_000_000

#: Bytes that a workbook may unpack to, and cells that its sheets may span: twenty times a large show.
LARGEST_UNPACKED, LARGEST_SPAN = 400_000_000, 20_000_000
#: Files in a workbook, pictures and all, and sheets.
MOST_MEMBERS, MOST_SHEETS = 10_000, 100
#: Bytes of one tag with its attributes; Excel's have some hundred.
LONGEST_TAG = 1_000_000
#: Bytes of a workbook of the old format (.xls), which is not packed; a sheet of it ends at row 65,536.
LARGEST_LEGACY = 100_000_000
