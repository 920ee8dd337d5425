package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.provider.Reply.Failure;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** All configured providers, each kept alive on its own: what one does never delays another. */
public final class SupervisedProviders implements Providers, AutoCloseable {
    private static final int REFS_IN_A_CALL = 1000;

    private final Launcher launcher;
    private final InstantSource clock;
    private final ProviderListener listener;
    private final Patience patience;
    private final Map<String, Set<SecretRef>> watched = new ConcurrentHashMap<>();
    private volatile Map<String, SupervisedProvider> providers = Map.of();

    /**
     * Starts nothing yet.
     *
     * @param runDirectory the agent's; sockets and configurations of providers go into {@code providers} in it
     */
    public SupervisedProviders(Path runDirectory, InstantSource clock, ProviderListener listener) {
        this(runDirectory, clock, listener, Patience.USUAL);
    }

    SupervisedProviders(Path runDirectory, InstantSource clock, ProviderListener listener, Patience patience) {
        this.clock = clock;
        this.listener = listener;
        this.patience = patience;
        var directory = runDirectory.toAbsolutePath().resolve("providers");
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for providers", e);
        }
        this.launcher = new Launcher(directory, patience);
    }

    /**
     * Makes these the providers: starts new ones, stops others, starts again those that differ in more than poll and
     * deadline. Returns when what had to stop has stopped; doesn't wait for starts.
     *
     * @param specs by name
     */
    public synchronized void apply(Map<String, ProviderSpec> specs) {
        var kept = new HashMap<String, SupervisedProvider>();
        var stopping = new ArrayList<SupervisedProvider>();
        providers.forEach((name, provider) -> {
            var wanted = specs.get(name);
            if (wanted != null && isServedBy(provider, wanted)) {
                provider.update(wanted);
                kept.put(name, provider);
            } else {
                stopping.add(provider);
            }
        });
        var next = new TreeMap<String, SupervisedProvider>(kept);
        var starting = new ArrayList<SupervisedProvider>();
        specs.forEach((name, spec) -> {
            if (!kept.containsKey(name)) {
                var provider = new SupervisedProvider(spec, launcher, clock, listener, patience);
                next.put(name, provider);
                starting.add(provider);
            }
        });
        providers = next; // calls wait for those that start
        starting.forEach(
                provider -> provider.watch(watched.getOrDefault(provider.spec().name(), Set.of())));
        stop(stopping);
        starting.forEach(SupervisedProvider::start);
    }

    private static boolean isServedBy(SupervisedProvider provider, ProviderSpec wanted) {
        var now = provider.spec();
        return now.kind().equals(wanted.kind())
                && now.configJson().equals(wanted.configJson())
                && now.launch().equals(wanted.launch());
    }

    private static void stop(Collection<SupervisedProvider> stopping) {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            stopping.forEach(provider -> tasks.execute(provider::close));
        }
    }

    /**
     * Has changes of these reported as they happen, and of no others of this provider, over restarts and new
     * configurations. A provider without push is silent.
     */
    public void watch(String provider, Set<SecretRef> refs) {
        watched.put(provider, Set.copyOf(refs));
        var supervised = providers.get(provider);
        if (supervised != null) {
            supervised.watch(refs);
        }
    }

    @Override
    public List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline deadline) {
        var answers = new HashMap<SecretRef, Answer<VersionId>>();
        var distinct = List.copyOf(new LinkedHashSet<>(refs));
        for (int from = 0; from < distinct.size(); from += REFS_IN_A_CALL) {
            var part = distinct.subList(from, Math.min(from + REFS_IN_A_CALL, distinct.size()));
            answers.putAll(versionsOf(provider, part, deadline));
        }
        return refs.stream().map(answers::get).toList();
    }

    private Map<SecretRef, Answer<VersionId>> versionsOf(String provider, List<SecretRef> refs, Deadline deadline) {
        var supervised = providers.get(provider);
        Reply<List<Reply<VersionId>>> reply = supervised == null
                ? unknown(provider)
                : supervised.call(deadline, (session, left) -> session.versions(refs, left));
        var answers = new HashMap<SecretRef, Answer<VersionId>>();
        for (int i = 0; i < refs.size(); i++) {
            int index = i;
            answers.put(refs.get(i), answer(refs.get(i), reply.then(versions -> versions.get(index))));
        }
        return answers;
    }

    @Override
    public Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline) {
        var supervised = providers.get(ref.provider());
        return answer(
                ref,
                supervised == null
                        ? unknown(ref.provider())
                        : supervised.call(deadline, (session, left) -> session.fetch(ref, version, left)));
    }

    @Override
    public List<ProviderState> states() {
        return providers.values().stream().map(SupervisedProvider::state).toList();
    }

    private static <T> Reply<T> unknown(String provider) {
        return Reply.failed(new Failure.Declined(Refusal.Kind.INVALID, "no provider is named " + provider));
    }

    private static <T> Answer<T> answer(SecretRef ref, Reply<T> reply) {
        return switch (reply) {
            case Reply.Given<T>(var thing) -> Answer.got(thing);
            case Reply.Failed<T>(var failure) -> Answer.refused(refusal(ref, failure));
        };
    }

    private static Refusal refusal(SecretRef ref, Failure failure) {
        return failure instanceof Failure.Declined(var kind, var why, var wait) && kind != Refusal.Kind.UNAVAILABLE
                ? new Refusal(kind, ref + ": " + why, wait)
                : new Refusal(
                        Refusal.Kind.UNAVAILABLE, "provider " + ref.provider() + " is unavailable: " + failure.why());
    }

    /** Stops all providers. */
    @Override
    public void close() {
        apply(Map.of());
    }
}
