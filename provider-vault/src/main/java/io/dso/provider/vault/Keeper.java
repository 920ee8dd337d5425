package io.dso.provider.vault;

import io.dso.provider.vault.engine.Leases;
import io.dso.provider.vault.token.Tokens;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Looks after what has an end, four times a second: each look costs nothing while nothing is due. */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Keeper.class.getName());
    private static final Duration PULSE = Duration.ofMillis(250);

    private final Thread thread;

    Keeper(Tokens tokens, Leases leases) {
        thread = Thread.ofVirtual().name("keeper").start(() -> {
            try {
                while (true) {
                    Thread.sleep(PULSE);
                    tend(tokens, leases);
                }
            } catch (InterruptedException e) {
                // told to stop
            }
        });
    }

    private static void tend(Tokens tokens, Leases leases) throws InterruptedException {
        try {
            tokens.tend();
            leases.tend();
        } catch (RuntimeException e) { // a bug, which must not end all renewals
            LOG.log(Level.SEVERE, "looking after tokens and leases failed", e);
        }
    }

    /** Waits until a look that is under way has ended. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
