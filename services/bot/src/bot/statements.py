"""The SQL of :mod:`bot.store`."""

from typing import LiteralString

SEE_UPDATE: LiteralString = """
INSERT INTO processed_updates (update_id) VALUES (%s) ON CONFLICT DO NOTHING
"""
SEE_USER: LiteralString = """
INSERT INTO users (telegram_id, username, language) VALUES (%s, %s, %s)
ON CONFLICT (telegram_id) DO UPDATE
   SET username = excluded.username, language = excluded.language,
       last_seen_at = now(), blocked_at = NULL
RETURNING id
"""
# The update changes nothing: it makes RETURNING tell the id of the dialog that is open.
OPEN_DIALOG: LiteralString = """
INSERT INTO dialogs (user_id, channel) VALUES (%s, 'telegram')
ON CONFLICT (user_id, channel) WHERE closed_at IS NULL DO UPDATE SET channel = excluded.channel
RETURNING id
"""
ADD_QUESTION: LiteralString = """
INSERT INTO messages (dialog_id, role, content) VALUES (%s, 'user', %s) RETURNING id
"""
CLOSE_DIALOG: LiteralString = """
UPDATE dialogs SET closed_at = now()
 WHERE user_id = %s AND channel = 'telegram' AND closed_at IS NULL
"""
# Questions that came after this one are left out: they get answers of their own.
HISTORY: LiteralString = """
SELECT role, content FROM messages
 WHERE dialog_id = %(dialog_id)s AND error_code IS NULL AND id <> %(question_id)s
   AND (role <> 'user' OR id < %(question_id)s)
 ORDER BY id DESC LIMIT %(limit)s
"""
ADD_ANSWER: LiteralString = """
INSERT INTO messages (dialog_id, role, content, reply_to_id, tokens, latency_ms, model, error_code)
VALUES (%(dialog_id)s, 'assistant', %(content)s, %(reply_to_id)s,
        %(tokens)s, %(latency_ms)s, %(model)s, %(error_code)s)
ON CONFLICT (reply_to_id) DO NOTHING
RETURNING id
"""
UNFINISHED: LiteralString = """
SELECT question.id, question.dialog_id, question.content, users.telegram_id,
       answer.id AS answer_id, answer.content AS answer_content
  FROM messages AS question
  JOIN dialogs ON dialogs.id = question.dialog_id
  JOIN users ON users.id = dialogs.user_id
  LEFT JOIN messages AS answer ON answer.reply_to_id = question.id
 WHERE question.role = 'user' AND question.created_at > now() - %s
   AND dialogs.channel = 'telegram' AND dialogs.closed_at IS NULL
   AND users.blocked_at IS NULL AND answer.delivered_at IS NULL
 ORDER BY question.id
"""
DELIVERED: LiteralString = """
UPDATE messages SET delivered_at = now() WHERE id = %s
"""
BLOCKED: LiteralString = """
UPDATE users SET blocked_at = now() WHERE telegram_id = %s
"""
# Asks for a table, so that a database nobody has migrated does not pass for a sound one.
CHECK: LiteralString = """
SELECT FROM processed_updates LIMIT 1
"""
