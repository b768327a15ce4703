"""What can be wrong with a table that somebody brings, and with the rules that somebody applies to one."""

from engine.errors import OutsendError


class ImportEmpty(OutsendError):
    code = "import_empty"
    message = "Import vide"
    hint = "The file has no row of data. Send a header line and at least one row, or a list of values."


class ImportUnreadable(OutsendError):
    """`problem` is French and says what the file looks like or which bound it passes."""

    code = "import_unreadable"
    message = "Import illisible : {problem}"
    hint = "Send a csv, tsv, json or xlsx table of at most 50 MB, 100,000 rows and 200 columns."


class RuleInvalid(OutsendError):
    """`rule` is the key of the filter rule, `problem` is French."""

    code = "rule_invalid"
    message = "Règle invalide : {rule} : {problem}"
    hint = "Correct the rule {rule}; the grammar of the rules is on the page of the filter module."


class ColumnUnknown(OutsendError):
    code = "column_unknown"
    message = "Colonne inconnue : « {column} »"
    hint = "Name one of the columns {columns}."
