package io.dso.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.reconcile.World;
import io.dso.agent.record.Events;
import io.dso.agent.record.Happening;
import io.dso.agent.record.Metrics;
import io.dso.agent.secret.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumePluginTest {
    private final World world = new World(Strategy.NONE);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Happening> happened = new ArrayList<>();
    private VolumePlugin plugin = open();

    private VolumePlugin open() {
        var events = new Events(world.clock);
        events.listen(happened::add);
        try {
            return new VolumePlugin(
                    VolumeTable.open(world.ram.directory.resolve("table")),
                    world.agent.first,
                    world.ram.volumes,
                    () -> world.bundles,
                    () -> Duration.ofSeconds(10),
                    events,
                    new Metrics(registry),
                    world.clock);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void oneContainer() {
        world.engine.create("web", "shop");
    }

    @AfterEach
    void end() {
        world.close();
    }

    private String call(String path, String body) {
        return new String(plugin.answer(path, body.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)
                .replace(world.ram.volumes.toString(), "ROOT");
    }

    private String create(String name) {
        return call("/VolumeDriver.Create", "{\"Name\":\"%s\",\"Opts\":{\"bundle\":\"shop\"}}".formatted(name));
    }

    @Test
    void each_call_is_answered_as_the_protocol_says() {
        assertThat(call("/Plugin.Activate", "")).isEqualTo("{\"Implements\":[\"VolumeDriver\"]}");
        assertThat(call("/VolumeDriver.Capabilities", "{}")).isEqualTo("{\"Capabilities\":{\"Scope\":\"local\"}}");
        assertThat(create("shop")).isEqualTo("{}");
        assertThat(call("/VolumeDriver.Get", "{\"Name\":\"shop\"}"))
                .isEqualTo(
                        "{\"Volume\":{\"Name\":\"shop\",\"Mountpoint\":\"ROOT/shop\",\"Status\":{\"bundle\":\"shop\"}}}");
        assertThat(call("/VolumeDriver.Path", "{\"Name\":\"shop\"}")).isEqualTo("{\"Mountpoint\":\"ROOT/shop\"}");
        assertThat(call("/VolumeDriver.List", "{}"))
                .isEqualTo("{\"Volumes\":[{\"Name\":\"shop\",\"Mountpoint\":\"ROOT/shop\","
                        + "\"Status\":{\"bundle\":\"shop\"}}]}");
        assertThat(call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m1\"}"))
                .isEqualTo("{\"Mountpoint\":\"ROOT/shop/m1\"}");
        assertThat(call("/VolumeDriver.Unmount", "{\"Name\":\"shop\",\"ID\":\"m1\"}"))
                .isEqualTo("{}");
        assertThat(call("/VolumeDriver.Remove", "{\"Name\":\"shop\"}")).isEqualTo("{}");
        assertThat(call("/VolumeDriver.List", "{}")).isEqualTo("{\"Volumes\":[]}");
    }

    @Test
    void a_mount_has_the_secret_and_an_unmount_takes_it_away() {
        create("shop");
        call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m1\"}");
        var directory = Path.of(world.ram.volumes.toString(), "shop", "m1");
        assertThat(World.sees(directory)).isEqualTo("first");

        call("/VolumeDriver.Unmount", "{\"Name\":\"shop\",\"ID\":\"m1\"}");

        assertThat(directory).doesNotExist();
        assertThat(happened).extracting(Happening::type).containsExactly("mounted", "unmounted");
        assertThat(happened.getFirst())
                .hasToString("mounted bundle=shop volume=shop container=web version=v1 mount=m1");
    }

    @Test
    void volumes_are_known_after_a_restart() {
        create("shop");

        plugin = open();

        assertThat(call("/VolumeDriver.Get", "{\"Name\":\"shop\"}")).contains("\"bundle\":\"shop\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /VolumeDriver.Get     | {"Name":"nope"}  | no such volume: nope [DSO-2001]
            /VolumeDriver.Path    | {"Name":"nope"}  | no such volume: nope [DSO-2001]
            /VolumeDriver.Mount   | {"Name":"nope","ID":"m1"} | no such volume: nope [DSO-2001]
            /VolumeDriver.Create  | {"Name":"a","Opts":{"bundle":"nope"}} | no bundle nope in the configuration [DSO-2003], at volume a; fix: add it under bundles, or correct the volume's option bundle
            /VolumeDriver.Create  | {"Name":"a"} | no bundle a in the configuration [DSO-2003], at volume a; fix: give the volume the option bundle
            /VolumeDriver.Create  | {"Name":"a","Opts":{"bundel":"shop","size":"1"}} | unknown option bundel, size [DSO-2002], at volume a; fix: the only option is bundle
            /VolumeDriver.Nothing | {} | no such call: /VolumeDriver.Nothing
            """)
    void what_cannot_be_done_is_an_error_with_its_reason(String path, String body, String error) {
        assertThat(call(path, body)).isEqualTo("{\"Err\":\"" + error + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "", "a/b", "../../etc", "/etc", "-a", ".a", "a b", "a\\u0000b", "ä", "a\\n"})
    void a_name_that_is_no_name_reaches_no_file(String name) throws IOException {
        var outside = Files.writeString(world.ram.directory.resolve("outside"), "stays");

        for (var path : List.of("Create", "Remove", "Get", "Path", "Mount", "Unmount")) {
            assertThat(call(
                            "/VolumeDriver." + path,
                            "{\"Name\":\"%s\",\"ID\":\"m1\",\"Opts\":{\"bundle\":\"shop\"}}".formatted(name)))
                    .isEqualTo("{\"Err\":\"a volume can't have this name [DSO-2002]; fix: use letters, digits, _ . -,"
                            + " at most 200\"}");
        }

        assertThat(outside).hasContent("stays");
        assertThat(world.directories()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "", "../other/m1", "m/../..", "m1\\u0000"})
    void a_mount_id_that_is_none_reaches_no_file(String id) throws IOException {
        create("shop");
        world.ram.volumes.create("other", "m1");

        for (var path : List.of("Mount", "Unmount")) {
            assertThat(call("/VolumeDriver." + path, "{\"Name\":\"shop\",\"ID\":\"%s\"}".formatted(id)))
                    .isEqualTo("{\"Err\":\"a mount can't have this ID [DSO-2002]\"}");
        }

        assertThat(world.ram.volumes.found()).hasSize(1);
    }

    @Test
    void the_longest_name_can_be_kept_and_one_more_letter_is_refused() {
        assertThat(create("a".repeat(200))).isEqualTo("{}");
        assertThat(create("a".repeat(201))).contains("at most 200");
    }

    @Test
    void creating_again_is_fine_with_the_same_bundle_alone() {
        world.bundles.put("other", World.bundle("other", Strategy.NONE, World.PASSWORD));
        create("shop");

        assertThat(create("shop")).isEqualTo("{}");
        assertThat(call("/VolumeDriver.Create", "{\"Name\":\"shop\",\"Opts\":{\"bundle\":\"other\"}}"))
                .isEqualTo("{\"Err\":\"the volume is there already, with bundle shop [DSO-2002], at volume shop;"
                        + " fix: remove it first\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,2", "\u0000", "nonsense"})
    void garbage_is_an_error_and_no_more(String body) {
        assertThat(call("/VolumeDriver.Create", body)).startsWith("{\"Err\":\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "7", "{\"Name\":{\"a\":1}}", "{\"Name\":null}", "   "})
    void json_of_another_shape_is_a_bad_name(String body) {
        assertThat(call("/VolumeDriver.Create", body)).contains("a volume can't have this name");
    }

    @Test
    void a_refused_mount_is_told_counted_and_explained() {
        create("shop");
        world.stores.refuse(Refusal.Kind.UNAVAILABLE, "provider local is unavailable");

        assertThat(call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m1\"}"))
                .isEqualTo("{\"Err\":\"provider local is unavailable [DSO-2007], at bundle shop;"
                        + " fix: see 'dso health', then start the container again\"}");

        assertThat(happened)
                .singleElement()
                .hasToString("mount-refused bundle=shop volume=shop why='provider local is unavailable'");
        assertThat(registry.get("dso.mount.duration")
                        .tag("outcome", "refused")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_granted_mount_is_remembered_for_when_the_engine_cannot_be_asked() {
        create("shop");
        world.engine.away = true;
        assertThat(call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m1\"}"))
                .contains("DSO-2005");
        world.engine.away = false;
        call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m2\"}");
        plugin = open();
        world.engine.away = true;

        assertThat(call("/VolumeDriver.Mount", "{\"Name\":\"shop\",\"ID\":\"m3\"}"))
                .isEqualTo("{\"Mountpoint\":\"ROOT/shop/m3\"}");
    }
}
