package io.dso.provider.vault.api;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.http.Http;
import io.dso.provider.vault.http.HttpException;
import io.dso.provider.vault.http.Reply;
import io.dso.provider.vault.http.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Calls the server. Thread-safe. */
public final class VaultApi implements AutoCloseable {
    private final Http http;

    /** Takes the client over: it is closed with this. */
    public VaultApi(Http http) {
        this.http = http;
    }

    /** Where the server is, for people. */
    public String address() {
        return http.address().toString();
    }

    /**
     * Sends a request with a token.
     *
     * @param token what goes into the header; empty for none
     * @param namespace relative to the root, empty for that
     * @return whatever the server answers, but a redirect
     * @throws StoreException if there is no answer, or a redirect: it points to another server, which gets no token from us
     */
    public Reply send(Request request, CharSequence token, String namespace)
            throws StoreException, InterruptedException {
        try {
            var reply = http.send(request, headers(token, namespace));
            if (reply.status() / 100 == 3) {
                reply.close();
                throw StoreException.unavailable("the server at " + address()
                        + " redirects, and a token is never taken to another server: name that one in 'address'");
            }
            return reply;
        } catch (HttpException e) {
            throw failure(e);
        }
    }

    /** How a subscription ended. */
    public enum End {
        /** There is no such subscription at this server, or not for us. */
        REFUSED,
        /** It broke: a new one may do. */
        BROKEN
    }

    /** Listens to messages of the server until that ends; see {@link Http#listen}. */
    public End listen(String path, CharSequence token, String namespace, Runnable begun, Consumer<String> message)
            throws InterruptedException {
        try {
            http.listen(path, headers(token, namespace), begun, message);
            return End.BROKEN;
        } catch (HttpException e) {
            return e.kind() == HttpException.Kind.REFUSED ? End.REFUSED : End.BROKEN;
        }
    }

    private static Map<String, CharSequence> headers(CharSequence token, String namespace) {
        var headers =
                new HashMap<String, CharSequence>(Map.of("X-Vault-Request", "true", "Accept", "application/json"));
        if (!token.isEmpty()) {
            headers.put("X-Vault-Token", token);
        }
        if (!namespace.isEmpty()) {
            headers.put("X-Vault-Namespace", namespace);
        }
        return headers;
    }

    private StoreException failure(HttpException e) {
        return switch (e.kind()) {
            case TOO_LONG -> StoreException.invalid("the server's answer is too long");
            case UNREACHABLE, LATE, BROKEN, BROKEN_BEFORE_ANSWER, REFUSED ->
                StoreException.unavailable("the server at " + address() + " can't be reached: " + e.getMessage());
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
