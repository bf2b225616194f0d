"""An index for lists of dialogs, latest first, page by page.

Built inside the transaction, so that it is there or not: dialogs are few beside messages, and
writers wait for a moment only. CREATE INDEX CONCURRENTLY would wait for the migrator that waits
for this one.

Revision: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_dialogs_started_at_id", "dialogs", ["started_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_dialogs_started_at_id", table_name="dialogs")
