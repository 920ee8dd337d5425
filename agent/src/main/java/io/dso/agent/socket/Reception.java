package io.dso.agent.socket;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one socket. Whoever doesn't say what he speaks can't keep others out: there is room for a number
 * of silent ones, each for a few seconds, and a newcomer takes the place of the oldest. Used by the one event loop
 * alone, so it needs no locks.
 */
final class Reception {
    static final int SILENT = 128;

    private final int capacity;
    private final Duration patience;
    /** Oldest first. */
    private final Set<Channel> silent = new LinkedHashSet<>();

    private int speaking;

    /**
     * @param capacity how many connections may be open that have said what they speak
     * @param patience how long one may take to say so, and a request to arrive
     */
    Reception(int capacity, Duration patience) {
        this.capacity = capacity;
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** A connection was made. */
    void arrived(Channel channel) {
        silent.add(channel);
        if (silent.size() > SILENT) {
            drop(silent.iterator().next());
        }
        var timeout = channel.eventLoop().schedule(() -> drop(channel), patience.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> {
            timeout.cancel(false);
            silent.remove(channel);
        });
    }

    /** The connection said what it speaks. False if there is no room for another one like that. */
    boolean spoke(Channel channel) {
        if (!silent.remove(channel) || speaking >= capacity) {
            return false;
        }
        speaking++;
        channel.closeFuture().addListener(_ -> speaking--);
        return true;
    }

    private void drop(Channel channel) {
        if (silent.remove(channel)) {
            channel.close();
        }
    }
}
