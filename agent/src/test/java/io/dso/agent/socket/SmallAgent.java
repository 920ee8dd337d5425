package io.dso.agent.socket;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process that only listens, for tests that need one to themselves. */
final class SmallAgent {
    private SmallAgent() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (var _ = Sockets.open(Path.of(arguments[0]), Sockets.ECHO, Duration.ofSeconds(30))) {
            System.out.println("listening");
            new CountDownLatch(1).await();
        }
    }
}
