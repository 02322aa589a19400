"""The person first in the keys of enrollments and messages

Revision 0004, after 0003.
"""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('enrollment', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_enrollment_contact_id_campaign_track_occurrence'), ['contact_id', 'campaign', 'track', 'occurrence'])
        batch_op.drop_constraint(batch_op.f('uq_enrollment_campaign_contact_id_track_occurrence'), type_='unique')
        # The new key begins with it.
        batch_op.drop_index(batch_op.f('ix_enrollment_contact_id'))
        batch_op.create_index(batch_op.f('ix_enrollment_lead_id'), ['lead_id'], unique=False)

    with op.batch_alter_table('message', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_message_contact_id_campaign_step_occurrence'), ['contact_id', 'campaign', 'step', 'occurrence'])
        batch_op.drop_constraint(batch_op.f('uq_message_campaign_step_contact_id_occurrence'), type_='unique')

    if op.get_bind().dialect.name == 'sqlite':
        for table in ('contact', 'meeting'):
            with op.batch_alter_table(table, schema=None, recreate='always', table_kwargs={'sqlite_autoincrement': True}):
                pass
        # The numbers of contacts that were merged away are taken as well.
        op.execute(
            "UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(id), 0) FROM merged_contact))"
            " WHERE name = 'contact'"
        )

    if op.get_bind().dialect.name == 'postgresql':
        # A turn changes most of its campaign's rows; at a tenth or a fifth of the table nobody has counted or
        # cleared for long.
        for table in ('enrollment', 'message'):
            op.execute(f'ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table in ('enrollment', 'message'):
            op.execute(f'ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)')

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_message_campaign_step_contact_id_occurrence'), ['campaign', 'step', 'contact_id', 'occurrence'])
        batch_op.drop_constraint(batch_op.f('uq_message_contact_id_campaign_step_occurrence'), type_='unique')

    with op.batch_alter_table('enrollment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrollment_lead_id'))
        batch_op.create_index(batch_op.f('ix_enrollment_contact_id'), ['contact_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_enrollment_campaign_contact_id_track_occurrence'), ['campaign', 'contact_id', 'track', 'occurrence'])
        batch_op.drop_constraint(batch_op.f('uq_enrollment_contact_id_campaign_track_occurrence'), type_='unique')
