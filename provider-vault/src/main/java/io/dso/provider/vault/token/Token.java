package io.dso.provider.vault.token;

import io.dso.provider.vault.api.Lifetime;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A token, for as long as it is used. Thread-safe. */
public final class Token implements AutoCloseable {
    private final AsciiString header;
    private final byte[] bytes;
    private final Origin origin;
    private final AtomicInteger leases = new AtomicInteger();
    private volatile Lifetime life;
    private volatile boolean dead;

    /** Where it comes from. */
    enum Origin {
        /** Ours: revoked when we need it no more. */
        LOGIN,
        /** Somebody else's, who revokes it. */
        FILE
    }

    /** Takes the array over. */
    Token(byte[] bytes, Origin origin, Lifetime life) {
        this.bytes = bytes;
        this.header = new AsciiString(bytes, false);
        this.origin = origin;
        this.life = life;
    }

    /** What goes into the header: these very bytes. */
    CharSequence header() {
        return header;
    }

    Origin origin() {
        return origin;
    }

    /** How long it lives. */
    public Lifetime life() {
        return life;
    }

    void live(Lifetime renewed) {
        life = renewed;
    }

    /** The server knows it no more. */
    void die() {
        dead = true;
    }

    /** Whether the server still knows it, as far as we know: if not, it has ended the token's leases too. */
    public boolean isAlive(Instant now) {
        return !dead && now.isBefore(life.end());
    }

    boolean holds(byte[] others) {
        return Arrays.equals(bytes, others);
    }

    /** A lease was made with it: the server ends the lease when it ends the token. */
    public void leased() {
        leases.incrementAndGet();
    }

    /** A lease of it is no more. */
    public void unleased() {
        leases.decrementAndGet();
    }

    boolean hasLeases() {
        return leases.get() > 0;
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "••••";
    }
}
