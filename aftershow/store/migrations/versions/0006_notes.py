"""What was said with an interaction is called its note

Revision 0006, after 0005.
"""

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite would copy every row, into a table without its checks.
    op.execute('ALTER TABLE interaction RENAME COLUMN outcome TO note')


def downgrade() -> None:
    op.execute('ALTER TABLE interaction RENAME COLUMN note TO outcome')
