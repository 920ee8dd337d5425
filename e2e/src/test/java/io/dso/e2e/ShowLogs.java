package io.dso.e2e;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** After a failed test: the end of the agent's log, and where all of it is. */
final class ShowLogs implements TestWatcher {
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        context.getTestInstance().map(EndToEnd.class::cast).ifPresent(test -> {
            System.out.println("---- " + context.getDisplayName() + ": " + cause);
            System.out.println("---- agent's log, all of it in " + test.agent.logFile());
            System.out.println(test.agent.logTail());
        });
    }
}
