package io.dso.agent.bundle;

import java.util.regex.Pattern;

/** Linux's signals by name, as dockerd takes them. */
public final class Signals {
    /** All of them, with SIG. */
    public static final Pattern PATTERN =
            Pattern.compile("SIG(HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM"
                    + "|TERM|STKFLT|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|PWR|SYS"
                    + "|RTMIN(\\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?)");

    private Signals() {}

    public static boolean known(String name) {
        return PATTERN.matcher(name).matches();
    }
}
