package io.dso.provider.vault.api;

import java.time.Duration;
import java.time.Instant;

/**
 * How long the server grants something: a token or a lease.
 *
 * @param since when it was granted, or renewed
 * @param ttl how long from then on; zero for ever
 * @param full how long it was granted at first
 * @param renewable whether the server would renew it
 */
public record Lifetime(Instant since, Duration ttl, Duration full, boolean renewable) {

    /** Something new. */
    public static Lifetime granted(Instant now, Duration ttl, boolean renewable) {
        return new Lifetime(now, ttl, ttl, renewable);
    }

    /** The same thing, renewed. */
    public Lifetime renewed(Instant now, Duration ttl, boolean renewable) {
        return new Lifetime(now, ttl, full, renewable);
    }

    /** When it ends by itself; never, for {@link Instant#MAX}. */
    public Instant end() {
        return ttl.isZero() ? Instant.MAX : since.plus(ttl);
    }

    /** When something has to be done about it: after two thirds, or at once if a renewal came against its limit. */
    public Instant due() {
        if (ttl.isZero()) {
            return Instant.MAX;
        }
        return isCapped() ? since : since.plus(ttl.multipliedBy(2).dividedBy(3));
    }

    /** True when only a new one helps. */
    public boolean isExhausted() {
        return !renewable || isCapped();
    }

    /** Less than it was at first, by more than rounding: the limit of all renewals is near, and a third is left. */
    private boolean isCapped() {
        return ttl.multipliedBy(10).compareTo(full.multipliedBy(9)) < 0;
    }
}
