package io.dso.provider.aws;

import io.dso.provider.sdk.Abreast;
import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.SharedWatch;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.VersionAnswer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Both services as one store: each secret's address says where to look. Keeps no value. */
final class AwsStore implements SecretStore {
    /** More places than anybody's configuration names. */
    private static final int MOST_PLACES = 200;

    private final Clients clients;
    private final Place home;
    private final Push push;
    private final InstantSource clock;
    private final Map<Where, Shelf> shelves = new ConcurrentHashMap<>();

    /** How changes are heard of. */
    sealed interface Push {
        /** Not at all: the agent asks from time to time. */
        record None() implements Push {}

        /** By a queue that EventBridge feeds. */
        record Queue(SharedWatch<Address> watch) implements Push {}
    }

    private enum Service {
        SECRETS_MANAGER,
        PARAMETER_STORE;

        static Service of(Address address) {
            return switch (address.kind()) {
                case SECRET -> SECRETS_MANAGER;
                case PARAMETER, TREE -> PARAMETER_STORE;
            };
        }
    }

    private record Where(Service service, Place place) {}

    AwsStore(Clients clients, Place home, Push push, InstantSource clock) {
        this.clients = clients;
        this.home = home;
        this.push = push;
        this.clock = clock;
    }

    @Override
    public Description describe() {
        Set<Description.Ability> abilities = switch (push) {
            case Push.None() -> Set.of(Description.Ability.OLD_VERSIONS);
            case Push.Queue _ -> Set.of(Description.Ability.OLD_VERSIONS, Description.Ability.WATCH);
        };
        return new Description("aws", Description.versionBeside(AwsStore.class), abilities);
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws InterruptedException {
        Map<SecretName, Address> addresses = new HashMap<>();
        Map<Where, Set<Address>> byShelf = new LinkedHashMap<>();
        Map<SecretName, VersionAnswer> answers = new HashMap<>();
        for (var name : names) {
            try {
                var address = address(name);
                addresses.put(name, address);
                byShelf.computeIfAbsent(new Where(Service.of(address), address.place()), key -> new LinkedHashSet<>())
                        .add(address);
            } catch (StoreException e) {
                answers.put(name, new VersionAnswer.Failed(e.failure()));
            }
        }
        Map<Address, VersionAnswer> found = new HashMap<>();
        Abreast.ask(byShelf.keySet(), where -> shelf(where).versions(byShelf.getOrDefault(where, Set.of())))
                .values()
                .forEach(found::putAll);
        addresses.forEach((name, address) -> answers.put(name, found.get(address)));
        List<VersionAnswer> inOrder = new ArrayList<>(names.size());
        names.forEach(name -> inOrder.add(answers.get(name)));
        return inOrder;
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException {
        var address = address(name);
        return shelf(new Where(Service.of(address), address.place())).fetch(address, name, version);
    }

    @Override
    public void check() throws StoreException, InterruptedException {
        var used = shelves.isEmpty()
                ? List.of(shelf(new Where(Service.SECRETS_MANAGER, home)))
                : List.copyOf(shelves.values());
        for (var shelf : used) {
            shelf.check();
        }
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        switch (push) {
            case Push.None() -> throw StoreException.invalid("no queue is configured");
            case Push.Queue(var watch) -> watch.watch(names, this::address, changes);
        }
    }

    private Address address(SecretName name) throws StoreException {
        return Address.of(name.path(), home, clients.identity().roles());
    }

    private Shelf shelf(Where where) {
        if (shelves.size() > MOST_PLACES) {
            throw new IllegalStateException("more than " + MOST_PLACES + " places");
        }
        return shelves.computeIfAbsent(where, key -> switch (key.service()) {
            case SECRETS_MANAGER ->
                new SecretShelf(clients.secretsManager(key.place()), pace("Secrets Manager", key.place()));
            case PARAMETER_STORE ->
                new ParameterShelf(clients.parameterStore(key.place()), pace("Parameter Store", key.place()));
        });
    }

    private Pace pace(String service, Place place) {
        return new Pace(service + " in " + place, clock, RandomGenerator.getDefault());
    }

    @Override
    public void close() {
        if (push instanceof Push.Queue(var watch)) {
            watch.close();
        }
        clients.close();
    }
}
