package io.dso.provider.azure;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.Pem;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.ThisMachine;
import io.dso.provider.sdk.TlsFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** Requests with a time limit, by TLS, and never redirected: a redirection would take the token along. */
final class Http implements AutoCloseable {
    /** Far more than a page of a list or a value with all its JSON. */
    private static final int MOST_BYTES = 4 << 20;

    private final HttpClient client;
    private final ExecutorService threads;
    private final Duration timeout;

    private Http(HttpClient client, ExecutorService threads, Duration timeout) {
        this.client = client;
        this.threads = threads;
        this.timeout = timeout;
    }

    /** @throws ConfigException if {@code timeout}, {@code proxy} or {@code ca-file} are wrong */
    static Http read(ProviderConfig config) {
        var timeout = config.duration("timeout", Duration.ofSeconds(5));
        if (timeout.compareTo(Duration.ofSeconds(30)) > 0) {
            throw config.wrong("timeout", "at most 30s");
        }
        var proxy = config.findProxy("proxy");
        var authority = config.findPath("ca-file").map(Http::trusting);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .executor(threads);
        proxy.ifPresent(address -> builder.proxy(new ThisMachineWithout(address)));
        authority.ifPresent(builder::sslContext);
        return new Http(builder.build(), threads, timeout);
    }

    /** A proxy for all but the machine's own services: its metadata service must never be asked by somebody else. */
    private static final class ThisMachineWithout extends ProxySelector {
        private final Proxy proxy;

        ThisMachineWithout(URI address) {
            int port = address.getPort() < 0 ? 80 : address.getPort();
            proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address.getHost(), port));
        }

        @Override
        public List<Proxy> select(URI target) {
            return List.of(ThisMachine.has(target) ? Proxy.NO_PROXY : proxy);
        }

        @Override
        public void connectFailed(URI target, SocketAddress address, IOException e) {
            // The request fails, and says so.
        }
    }

    private static SSLContext trusting(Path file) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, Pem.authorities(file), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "'ca-file' can't be read as certificates: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * What was answered. The bytes may be a value: whoever reads them wipes them.
     *
     * @param retryAfter in whole seconds, as the server says; zero if it doesn't
     */
    record Answer(int status, byte[] body, Duration retryAfter) {}

    /**
     * @param who is asked, for people
     * @throws StoreException UNAVAILABLE if there is no answer
     */
    Answer send(String who, HttpRequest.Builder request) throws StoreException, InterruptedException {
        try {
            var response = client.send(
                    request.timeout(timeout).build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
            var wait = response.headers()
                    .firstValue("Retry-After")
                    .map(Pace::retryAfter)
                    .orElse(Duration.ZERO);
            return new Answer(response.statusCode(), response.body(), wait);
        } catch (IOException e) {
            var tls = TlsFailure.of(e);
            throw StoreException.unavailable(
                    tls.isEmpty()
                            ? who + " can't be reached: " + e.getClass().getSimpleName()
                            : who + " can't be trusted: " + tls);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}
