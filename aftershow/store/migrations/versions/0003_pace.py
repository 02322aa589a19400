"""Pace: how far a channel's rate is used up

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from aftershow.store import types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pace',
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('next_at', types.Moment(timezone=True), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'text', 'letter', 'call', 'meeting')", name=op.f('ck_pace_channel')),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_pace'))
    )


def downgrade() -> None:
    op.drop_table('pace')
