package io.dso.agent.problem;

/** The catalogue of errors. A code never changes its meaning and is never used again; docs/errors.md explains each. */
public enum ProblemId {
    CONFIG_UNREADABLE(1001),
    CONFIG_TOO_OPEN(1002),
    CONFIG_SYNTAX(1003),
    CONFIG_UNKNOWN_KEY(1004),
    CONFIG_DUPLICATE(1005),
    CONFIG_WRONG_VALUE(1006),
    CONFIG_MISSING(1007),
    CONFIG_UNKNOWN_PROVIDER(1008),

    VOLUME_UNKNOWN(2001),
    VOLUME_BAD_OPTION(2002),
    BUNDLE_UNKNOWN(2003),
    NOT_GRANTED(2004),
    ENGINE_UNAVAILABLE(2005),
    TARGET_NOT_RAM(2006),
    SECRET_UNAVAILABLE(2007),
    DEADLINE_PASSED(2008),

    PROVIDER_UNKNOWN(3001),
    PROVIDER_UNAVAILABLE(3002),
    PROVIDER_EXECUTABLE(3003),

    PEER_REFUSED(4001),
    SOCKET_IN_USE(4002),
    RUN_DIRECTORY(4003),
    CALLER_UNKNOWN(4004),

    VERSION_UNKNOWN(5001),
    VERSION_OTHER_SHAPE(5002),
    STRATEGY_UNUSABLE(5003),
    STILL_PAUSED(5004);

    private final int number;

    ProblemId(int number) {
        this.number = number;
    }

    /** {@code DSO-} and four digits. */
    public String code() {
        return "DSO-" + number;
    }
}
