package io.dso.provider.sdk;

import io.grpc.Context;

/** Interrupts the calling thread, while open, as soon as the current call is cancelled or its deadline passes. */
final class Interruption implements AutoCloseable {
    private final Context call = Context.current();
    private final Thread worker = Thread.currentThread();
    private final Context.CancellationListener listener = cancelled -> interrupt();
    private boolean open = true;

    Interruption() {
        call.addListener(listener, Runnable::run);
    }

    private synchronized void interrupt() {
        if (open) {
            worker.interrupt();
        }
    }

    /** From here on the thread isn't interrupted any more, nor is it still. */
    @Override
    public synchronized void close() {
        open = false;
        call.removeListener(listener);
        Thread.interrupted();
    }
}
