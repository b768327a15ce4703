"""What can go wrong with webhooks."""

from engine.errors import OutsendError


class BadWebhookUrl(OutsendError):
    """`field` is the request's field, `problem` French."""

    code = "bad_webhook_url"
    kind = "unprocessable"
    message = "Champ « {field} » : {problem}"
    hint = "Give a public http(s) address on port 80, 443, 8080 or 8443, without user name, or leave {field} out."
