package io.dso.agent.control;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.record.Events;
import io.dso.transport.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The one place where it is decided who may do what with which bundle, and told who did. At present whoever the sockets let
 * in may do all of it: root, and members of the control socket's group.
 */
final class Gate {
    private final Events events;

    Gate(Events events) {
        this.events = events;
    }

    /** What can be asked for. */
    enum Verb {
        STATUS,
        PLAN,
        HISTORY,
        EVENTS,
        HEALTH,
        VERSION,
        SYNC,
        ROTATE,
        ROLLBACK,
        PAUSE,
        RESUME,
        RELOAD;

        /** Whether it may change something, and so is told. */
        private boolean changes() {
            return switch (this) {
                case STATUS, PLAN, HISTORY, EVENTS, HEALTH, VERSION -> false;
                case SYNC, ROTATE, ROLLBACK, PAUSE, RESUME, RELOAD -> true;
            };
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Somebody who was let through with a verb.
     *
     * @param bundle empty for all
     */
    record Pass(Verb verb, String bundle, Peer peer) {
        /** The caller, for people. */
        String by() {
            return "uid " + Integer.toUnsignedString(peer.uid());
        }
    }

    /**
     * Lets the caller of the current call through, or not.
     *
     * @throws DsoException (CALLER_UNKNOWN) if the kernel didn't say who it is
     */
    Pass admit(Verb verb, String bundle) {
        var peer = Peer.CONTEXT.get();
        if (peer == null) {
            throw new DsoException(new Problem(
                    ProblemId.CALLER_UNKNOWN,
                    "who calls isn't known, so that nothing is done",
                    "the agent's socket",
                    "call it on the agent's own socket"));
        }
        return new Pass(verb, bundle, peer);
    }

    /** Tells that something was done for somebody. */
    void done(Pass pass, String... keysAndValues) {
        if (pass.verb().changes()) {
            events.tell("ordered", told(pass, List.of(keysAndValues)));
        }
    }

    /** Tells that it wasn't. */
    void refused(Pass pass, String why) {
        if (pass.verb().changes()) {
            events.tell("order-refused", told(pass, List.of("why", why)));
        }
    }

    private static String[] told(Pass pass, List<String> more) {
        var all = new ArrayList<>(List.of("verb", pass.verb().word(), "bundle", pass.bundle(), "by", pass.by()));
        all.addAll(more);
        return all.toArray(String[]::new);
    }
}
