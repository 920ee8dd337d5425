package io.dso.provider.vault.token;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.http.Reply;
import io.dso.provider.vault.http.Request;
import java.util.function.Consumer;

/** Calls the server as somebody it knows. Thread-safe. */
public final class Session {
    private final VaultApi api;
    private final Tokens tokens;
    private final String namespace;

    /** @param namespace of the secrets */
    public Session(VaultApi api, Tokens tokens, String namespace) {
        this.api = api;
        this.tokens = tokens;
        this.namespace = namespace;
    }

    /** An answer, and with which token it was had. */
    public record Answered(Reply reply, Token token) implements AutoCloseable {
        public int status() {
            return reply.status();
        }

        @Override
        public void close() {
            reply.close();
        }
    }

    /** Sends a request; where the token turns out to be dead, again with another. */
    public Answered call(Request request) throws StoreException, InterruptedException {
        var token = tokens.valid();
        var reply = api.send(request, token.header(), namespace);
        if (reply.status() == 403 && tokens.isDead(token)) {
            reply.close();
            token = tokens.valid();
            reply = api.send(request, token.header(), namespace);
        }
        return new Answered(reply, token);
    }

    /** Listens to messages of the server; see {@link VaultApi#listen}. */
    public VaultApi.End listen(String path, Runnable begun, Consumer<String> message)
            throws StoreException, InterruptedException {
        return api.listen(path, tokens.valid().header(), namespace, begun, message);
    }

    /** Tries the token, where we logged in. */
    public void check() throws StoreException, InterruptedException {
        var token = tokens.valid();
        if (!tokens.works(token)) {
            tokens.valid();
        }
    }

    public Tokens tokens() {
        return tokens;
    }
}
