package io.dso.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.provider.ProviderState.Phase;
import io.dso.agent.secret.SecretRef;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Notes what a listener is told, and awaits conditions. */
final class Recorder implements ProviderListener {
    final List<Set<SecretRef>> hints = new CopyOnWriteArrayList<>();
    final List<ProviderState> states = new CopyOnWriteArrayList<>();

    @Override
    public void mayHaveChanged(Set<SecretRef> refs) {
        hints.add(refs);
    }

    @Override
    public void stateChanged(ProviderState state) {
        states.add(state);
    }

    static void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within 30 s: " + what).isLessThan(until);
            LockSupport.parkNanos(2_000_000);
        }
    }

    static void awaitPhase(Providers providers, String name, Phase phase) {
        await(name + " is " + phase, () -> state(providers, name).phase() == phase);
    }

    static ProviderState state(Providers providers, String name) {
        return providers.states().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
