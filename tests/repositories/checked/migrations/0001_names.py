"""The names."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table("names", sa.Column("name", sa.Text, primary_key=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("names")
