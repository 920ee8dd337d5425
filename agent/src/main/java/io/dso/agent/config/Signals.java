package io.dso.agent.config;

import java.util.regex.Pattern;

/** Linux's signals by name, as dockerd takes them. */
final class Signals {
    static final Pattern PATTERN =
            Pattern.compile("SIG(HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM"
                    + "|TERM|STKFLT|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|PWR|SYS"
                    + "|RTMIN(\\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?)");

    private Signals() {}
}
