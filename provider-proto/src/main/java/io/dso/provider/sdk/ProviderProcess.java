package io.dso.provider.sdk;

import io.dso.transport.SocketInUseException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * A provider's {@code main}.
 *
 * <pre>
 * --socket PATH        serve there
 * --config FILE        the provider's configuration, a JSON object
 * --agent-uid N        accept this user alone; default: the user the process runs as
 * --exit-with-stdin    end when standard input does
 * </pre>
 *
 * Ends with 0 after SIGTERM, SIGINT or the end of standard input, {@value #MISCONFIGURED} when the command line or the
 * configuration is wrong, {@value #IN_USE} when another live process has the socket, {@value #FAILED} when the store or
 * the socket can't be opened. The last line on standard error says why.
 */
public final class ProviderProcess {
    static final int FAILED = 1;
    static final int IN_USE = 75;
    static final int MISCONFIGURED = 78;

    private static final Logger LOG = Logger.getLogger(ProviderProcess.class.getName());

    /** Makes a store of its configuration. */
    public interface Opener {
        /**
         * Opens the store. Reads everything it wants to know from {@code config} here; what wasn't asked for is refused
         * afterwards. Needn't reach the store: that is what {@link SecretStore#check()} is for.
         *
         * @throws ConfigException if the configuration is wrong
         * @throws StoreException if the store can't be opened
         */
        SecretStore open(ProviderConfig config) throws StoreException;
    }

    /** Serves until told to stop, then ends the process. */
    public static void run(String[] args, Opener opener) {
        ProcessLog.install();
        System.exit(serve(args, opener));
    }

    private static int serve(String[] args, Opener opener) {
        try {
            var arguments = Arguments.parse(args);
            var stop = stopsWith(arguments.life());
            try (var server = ProviderServer.start(
                    arguments.socket(), arguments.agentUid(), open(opener, ProviderConfig.read(arguments.config())))) {
                stop.await();
            }
            return 0;
        } catch (ConfigException e) {
            return failed(MISCONFIGURED, e.getMessage());
        } catch (SocketInUseException e) {
            return failed(IN_USE, e.getMessage());
        } catch (StoreException e) {
            return failed(FAILED, e.getMessage());
        } catch (IOException e) {
            return failed(FAILED, "the socket can't be served: " + e.getMessage());
        } catch (InterruptedException e) {
            return failed(FAILED, "interrupted");
        } catch (RuntimeException e) {
            return failed(FAILED, "the provider failed: " + e.getClass().getName()); // its message may quote a value
        }
    }

    private static SecretStore open(Opener opener, ProviderConfig config) throws StoreException {
        var store = opener.open(config);
        try {
            config.refuseUnasked();
            return store;
        } catch (ConfigException e) {
            store.close();
            throw e;
        }
    }

    private static CountDownLatch stopsWith(Arguments.Life life) {
        var stop = new CountDownLatch(1);
        Signal.handle(new Signal("TERM"), signal -> stop.countDown());
        Signal.handle(new Signal("INT"), signal -> stop.countDown());
        if (life == Arguments.Life.STANDARD_INPUT) {
            Thread.ofPlatform().name("stdin").daemon().start(() -> {
                awaitEndOfInput();
                stop.countDown();
            });
        }
        return stop;
    }

    private static void awaitEndOfInput() {
        var sink = new byte[256];
        try {
            while (System.in.read(sink) >= 0) {
                // whatever it says, only its end matters
            }
        } catch (IOException e) {
            LOG.fine("standard input broke, which is an end too");
        }
    }

    private static int failed(int code, @Nullable String why) {
        LOG.severe(String.valueOf(why));
        return code;
    }

    private ProviderProcess() {}
}
