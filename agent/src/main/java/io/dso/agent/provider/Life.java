package io.dso.agent.provider;

import io.dso.agent.provider.Session.Loss;

/** One life of a provider: a session and, when we started it, the process behind it. */
sealed interface Life extends AutoCloseable {
    Session session();

    @Override
    void close();

    /** Somebody else runs it. */
    record Foreign(Session session) implements Life {
        @Override
        public void close() {
            session.close();
        }
    }

    /** We run it. */
    record Own(Session session, ChildProcess process) implements Life {
        public Own {
            process.ended().thenAccept(why -> session.lose(new Loss.Ended(why)));
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
