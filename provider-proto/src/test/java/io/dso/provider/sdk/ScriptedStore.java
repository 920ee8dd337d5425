package io.dso.provider.sdk;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A store whose behaviour hangs on the path that is asked for. */
final class ScriptedStore implements SecretStore {
    static final byte[] ODD = {0, 'p', '$', 'w', '"', 'o', '\'', 'r', '\\', 'd', (byte) 0xff, '\n'};

    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch closed = new CountDownLatch(1);
    volatile byte[] lastFetched = {};

    @Override
    public Description describe() {
        return new Description("scripted", "1", Set.of(Description.Ability.WATCH));
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws InterruptedException {
        if (names.getFirst().path().equals("short")) {
            return List.of();
        }
        return VersionAnswer.each(names, name -> {
            act(name.path());
            return "v-" + name;
        });
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException {
        act(name.path());
        lastFetched = name.path().startsWith("size-")
                ? new byte[Integer.parseInt(name.path().substring(5))]
                : ODD.clone();
        return lastFetched;
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        act(names.getFirst().path());
        changes.changed(List.of(new SecretName("nobody asked", "")));
        changes.armed();
        changes.changed(names);
        hang();
    }

    @Override
    public void check() throws StoreException {
        throw StoreException.unauthenticated("the token expired");
    }

    private void act(String path) throws StoreException, InterruptedException {
        switch (path) {
            case "NOT_FOUND" -> throw StoreException.notFound("no such secret");
            case "DENIED" -> throw StoreException.denied("not yours");
            case "UNAUTHENTICATED" -> throw StoreException.unauthenticated("who are you");
            case "THROTTLED" -> throw StoreException.throttled("slower", Duration.ofMillis(1234));
            case "UNAVAILABLE" -> throw StoreException.unavailable("the store is away");
            case "INVALID" -> throw StoreException.invalid("nonsense");
            case "bug" -> throw new IllegalStateException("the value is hunter2");
            case "hang" -> hang();
            default -> {}
        }
    }

    private void hang() throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
