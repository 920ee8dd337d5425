package io.dso.agent.problem;

/**
 * What is wrong, where, and how to mend it. Each part is a sentence's worth, lower case, without a full stop and
 * without a secret's value.
 *
 * @param id from the catalogue
 * @param what the cause, not the symptom
 * @param where a place the reader can go to: {@code /etc/dso/dso.yaml:7}, a container, a socket
 * @param fix what to do; may be empty where nothing is known
 */
public record Problem(ProblemId id, String what, String where, String fix) {

    /** One line, for logs and Docker's error texts. */
    public String line() {
        var text = new StringBuilder(what).append(" [").append(id.code()).append(']');
        if (!where.isEmpty()) {
            text.append(", at ").append(where);
        }
        if (!fix.isEmpty()) {
            text.append("; fix: ").append(fix);
        }
        return text.toString();
    }
}
