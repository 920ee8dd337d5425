package io.dso.agent.provider;

import io.dso.agent.provider.Session.Loss;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One life of a provider: a session and, when we started it, the process behind it. */
sealed interface Life extends AutoCloseable {
    Session session();

    /** The root of a loss, where more is known than that the connection broke. */
    Loss explained(Loss loss) throws InterruptedException;

    @Override
    void close();

    /** Somebody else runs it. */
    record Foreign(Session session) implements Life {
        @Override
        public Loss explained(Loss loss) {
            return loss;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** We run it. */
    record Own(Session session, ChildProcess process) implements Life {
        private static final long MOMENT_MS = 300;

        public Own {
            process.ended().thenAccept(why -> session.lose(new Loss.Ended(why)));
        }

        /** A dying process closes its connection first, and can be asked for its exit code a moment later. */
        @Override
        public Loss explained(Loss loss) throws InterruptedException {
            if (loss instanceof Loss.GivenUp) {
                return loss;
            }
            try {
                return new Loss.Ended(process.ended().get(MOMENT_MS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException | ExecutionException e) {
                return loss; // it lives, but let go of the connection
            }
        }

        @Override
        public void close() {
            boolean hopeless = session.isGivenUp();
            session.close();
            if (hopeless) {
                process.kill(); // it hangs or lies: it wouldn't stop in an orderly way
            } else {
                process.close();
            }
        }
    }
}
