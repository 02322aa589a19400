"""Lead files that are set aside

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from aftershow.store import types

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('set_aside',
    sa.Column('show_id', types.Id, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tried_at', types.Moment(timezone=True), nullable=False),
    sa.Column('read_as', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['show_id'], ['show.id'], name=op.f('fk_set_aside_show_id')),
    sa.PrimaryKeyConstraint('show_id', 'sha256', name=op.f('pk_set_aside'))
    )


def downgrade() -> None:
    op.drop_table('set_aside')
