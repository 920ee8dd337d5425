package io.dso.cli.output;

/** For whom a result is written. */
public enum Format {
    /** A person: header, aligned columns, relative times. */
    TABLE,
    /** A pipe: no header, tabs, RFC 3339, nothing shortened. */
    TABS,
    /** A program: one JSON object, or one a line; stable. */
    JSON
}
