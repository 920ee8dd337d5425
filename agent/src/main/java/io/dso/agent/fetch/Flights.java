package io.dso.agent.fetch;

import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Values that are being fetched: who asks for one that is on its way gets a copy when it lands, so that twenty containers
 * that start together read a secret once. Nothing is kept: a value that has landed is fetched again. Thread-safe.
 */
final class Flights {
    private final Map<Route, Queue<CompletableFuture<Answer<SecretValue>>>> underWay = new HashMap<>();

    private record Route(SecretRef ref, VersionId version) {}

    /**
     * The value, the caller's to close.
     *
     * @param fetch asks the store; not called by who joins another's flight, unless that one fails and this one's
     *     deadline allows for more
     */
    Answer<SecretValue> take(SecretRef ref, VersionId version, Deadline deadline, Supplier<Answer<SecretValue>> fetch) {
        var route = new Route(ref, version);
        var seat = join(route);
        if (seat.isEmpty()) {
            return lead(route, fetch);
        }
        var answer = await(seat.get(), deadline);
        boolean again = answer instanceof Answer.Refused<SecretValue>(var why)
                && why.kind() == Refusal.Kind.UNAVAILABLE
                && !deadline.passed();
        return again ? fetch.get() : answer;
    }

    /** How many wait for another's answer. */
    synchronized int passengers(SecretRef ref, VersionId version) {
        var seats = underWay.get(new Route(ref, version));
        return seats == null ? 0 : seats.size();
    }

    /** A seat on a flight that is under way; empty for who has to lead one. */
    private synchronized Optional<CompletableFuture<Answer<SecretValue>>> join(Route route) {
        var passengers = underWay.get(route);
        if (passengers == null) {
            underWay.put(route, new ConcurrentLinkedQueue<>());
            return Optional.empty();
        }
        var seat = new CompletableFuture<Answer<SecretValue>>();
        passengers.add(seat);
        return Optional.of(seat);
    }

    private Answer<SecretValue> lead(Route route, Supplier<Answer<SecretValue>> fetch) {
        Answer<SecretValue> answer =
                Answer.refused(new Refusal(Refusal.Kind.UNAVAILABLE, "fetching " + route.ref() + " failed"));
        try {
            answer = fetch.get();
            return answer;
        } finally {
            for (var seat : land(route)) {
                var copy = copy(answer);
                if (!seat.complete(copy)) {
                    close(copy); // who had this seat left
                }
            }
        }
    }

    private synchronized Queue<CompletableFuture<Answer<SecretValue>>> land(Route route) {
        var passengers = underWay.remove(route);
        return passengers == null ? new ConcurrentLinkedQueue<>() : passengers;
    }

    private static Answer<SecretValue> copy(Answer<SecretValue> answer) {
        return switch (answer) {
            case Answer.Got<SecretValue>(var value) ->
                Answer.got(value.<SecretValue>use(bytes -> SecretValue.owning(bytes.clone())));
            case Answer.Refused<SecretValue> refused -> refused;
        };
    }

    private static void close(Answer<SecretValue> answer) {
        if (answer instanceof Answer.Got<SecretValue>(var value)) {
            value.close();
        }
    }

    private static Answer<SecretValue> await(CompletableFuture<Answer<SecretValue>> seat, Deadline deadline) {
        var late = Answer.<SecretValue>refused(
                new Refusal(Refusal.Kind.UNAVAILABLE, "another start asked for it, and wasn't answered in time"));
        try {
            return seat.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return seat.complete(late) ? late : seat.join(); // it may land this very moment
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return seat.complete(late) ? late : seat.join();
        }
    }
}
