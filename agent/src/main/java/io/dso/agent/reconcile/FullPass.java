package io.dso.agent.reconcile;

import io.dso.agent.engine.EngineException;
import io.dso.agent.watch.StoreWatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Looks at everything, whether or not a change was heard of: what makes lost hints harmless. One at a time; requests that
 * come while one is waiting count as one.
 */
public final class FullPass implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FullPass.class);

    private final Observer observer;
    private final StoreWatch stores;
    private final Reconciler reconciler;
    private final Runnable used;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("full-pass").factory());

    /**
     * Does nothing until asked.
     *
     * @param used called when other secrets than before may be in use
     */
    public FullPass(Observer observer, StoreWatch stores, Reconciler reconciler, Runnable used) {
        this.observer = observer;
        this.stores = stores;
        this.reconciler = reconciler;
        this.used = used;
    }

    /** Asks for a pass. Returns at once. Nothing happens after {@link #close()}. */
    public void request() {
        if (waiting.compareAndSet(false, true)) {
            try {
                thread.execute(this::run);
            } catch (RejectedExecutionException e) {
                LOG.debug("no full pass any more");
            }
        }
    }

    private void run() {
        waiting.set(false);
        try {
            reconciler.leftOver(observer.fullPass());
        } catch (EngineException e) {
            LOG.debugf("full pass without the engine why='%s'", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("full pass failed", e);
        }
        try {
            used.run();
            stores.look(reconciler.refsInUse());
            reconciler.inUse().forEach(reconciler::hint);
            reconciler.prune();
        } catch (RuntimeException e) {
            LOG.error("full pass failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
