"""From a form that was sent to a mail that asks for confirmation, or to nothing."""
