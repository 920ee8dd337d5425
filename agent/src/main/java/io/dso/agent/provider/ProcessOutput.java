package io.dso.agent.provider;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * What a provider's process prints, into our log: lines cut to a bound, and only so many in a while, however much it
 * prints. It is always read, so that the process never waits for us.
 */
final class ProcessOutput implements Runnable {
    private static final Logger LOG = Logger.getLogger(ProcessOutput.class);
    private static final int MAX_LINE = 1000;
    private static final int LINES_IN_A_WHILE = 100;
    private static final long WHILE_NANOS = Duration.ofSeconds(10).toNanos();

    private final String provider;
    private final InputStream in;
    private final Thread reader;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private long whileBegan = System.nanoTime();
    private int linesInWhile;
    private volatile String lastLine = "";

    private ProcessOutput(String provider, InputStream in) {
        this.provider = provider;
        this.in = in;
        // not virtual: reading a pipe blocks the thread below
        this.reader = Thread.ofPlatform().name("provider-" + provider).daemon().unstarted(this);
    }

    static ProcessOutput follow(String provider, InputStream in) {
        var output = new ProcessOutput(provider, in);
        output.reader.start();
        return output;
    }

    /** The last line that isn't empty. */
    String lastLine() {
        return lastLine;
    }

    /** Waits until all was read; not for ever, because a grandchild may hold the pipe open. */
    void awaitEnd(Duration patience) {
        try {
            reader.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        var buffer = new byte[8192];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (int i = 0; i < count; i++) {
                    accept(buffer[i]);
                }
            }
        } catch (IOException e) {
            LOG.debugf("output of provider=%s broke off", provider);
        }
        endOfLine();
    }

    private void accept(byte b) {
        if (b == '\n') {
            endOfLine();
        } else if (length < MAX_LINE) {
            line[length++] = b;
        }
    }

    private void endOfLine() {
        var text = OneLine.of(new String(line, 0, length, StandardCharsets.UTF_8));
        length = 0;
        if (text.isEmpty()) {
            return;
        }
        lastLine = text;
        long now = System.nanoTime();
        if (now - whileBegan > WHILE_NANOS) {
            if (linesInWhile > LINES_IN_A_WHILE) {
                LOG.warnf("dropped lines provider=%s count=%d", provider, linesInWhile - LINES_IN_A_WHILE);
            }
            whileBegan = now;
            linesInWhile = 0;
        }
        if (++linesInWhile <= LINES_IN_A_WHILE) {
            LOG.infof("provider says provider=%s: %s", provider, text);
        }
    }
}
