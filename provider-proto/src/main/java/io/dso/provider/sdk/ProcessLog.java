package io.dso.provider.sdk;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Plain lines for the agent, which adds time and name: {@code WARNING the store is slow}. Of exceptions only the class:
 * their messages may quote values.
 */
final class ProcessLog extends Handler {
    private static final Logger ROOT = Logger.getLogger("");
    /** Kept, because loggers that nobody refers to forget their level. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private static final Logger NETTY = Logger.getLogger("io.netty");

    private final PrintStream out;
    private final SimpleFormatter messages = new SimpleFormatter();

    private ProcessLog(PrintStream out) {
        this.out = out;
    }

    /** Everything logged in this process goes to standard error from now on. */
    static void install() {
        for (var handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ROOT.addHandler(new ProcessLog(System.err));
        GRPC.setLevel(Level.WARNING);
        NETTY.setLevel(Level.WARNING);
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            var thrown = entry.getThrown();
            out.println(entry.getLevel().getName() + " " + messages.formatMessage(entry)
                    + (thrown == null ? "" : " (" + thrown.getClass().getName() + ")"));
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {}
}
