package io.dso.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionTest {
    record Thing(String name, int count) {}

    private static final Section.Codec<Thing> CODEC = new Section.Codec<>() {
        @Override
        public String key(Thing thing) {
            return thing.name();
        }

        @Override
        public void write(Thing thing, ObjectNode to) {
            to.put("name", thing.name()).put("count", thing.count());
        }

        @Override
        public Thing read(JsonNode from) {
            int count = from.path("count").asInt();
            if (count == 13) {
                throw new DateTimeException("neither I/O nor an illegal argument");
            }
            return new Thing(from.path("name").asText(), count);
        }
    };

    @TempDir
    private Path directory = Path.of("/nowhere");

    private Section<Thing> open() throws IOException {
        return Section.open(directory.resolve("things"), CODEC);
    }

    @Test
    void what_was_put_is_there_after_the_process() throws IOException {
        open().put(new Thing("one", 1));
        open().put(new Thing("one", 2));
        open().put(new Thing("ü/../ 🔑 x", 3));

        assertThat(open().all()).containsExactlyInAnyOrder(new Thing("one", 2), new Thing("ü/../ 🔑 x", 3));
    }

    @Test
    void what_was_removed_is_not() throws IOException {
        var section = open();
        section.put(new Thing("one", 1));
        section.remove("one");
        section.remove("never there");

        assertThat(section.get("one")).isEmpty();
        assertThat(open().all()).isEmpty();
    }

    @Test
    void a_change_happens_only_to_what_is_there() throws IOException {
        var section = open();
        section.put(new Thing("one", 1));

        assertThat(section.update("one", thing -> new Thing("one", thing.count() + 1)))
                .contains(new Thing("one", 2));
        assertThat(section.update("two", thing -> thing)).isEmpty();

        assertThat(open().all()).containsExactly(new Thing("one", 2));
    }

    @Test
    void changes_by_many_threads_are_all_counted() throws IOException {
        var section = open();
        section.put(new Thing("one", 0));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                threads.submit(() -> section.update("one", thing -> new Thing("one", thing.count() + 1)));
            }
        }

        assertThat(section.get("one")).contains(new Thing("one", 200));
        assertThat(open().get("one")).contains(new Thing("one", 200));
    }

    @Test
    void an_unreadable_record_does_not_take_the_others_with_it() throws IOException {
        open().put(new Thing("good", 1));
        var things = directory.resolve("things");
        Files.writeString(things.resolve("half.json"), "{\"name\":\"ha");
        Files.writeString(things.resolve("empty.json"), "");
        Files.writeString(things.resolve("list.json"), "[]");
        Files.writeString(things.resolve("liar.json"), "{\"name\":\"good\",\"count\":7}");
        Files.writeString(things.resolve("odd.json"), "{\"name\":\"odd\",\"count\":13}");
        Files.createDirectory(things.resolve("directory.json"));
        Files.writeString(things.resolve("README"), "not ours");

        assertThat(open().all()).containsExactly(new Thing("good", 1));
    }

    @Test
    void what_a_kill_left_half_written_is_cleared_away() throws IOException {
        open();
        var half = Files.writeString(directory.resolve("things/new123.tmp"), "{\"na");

        assertThat(open().all()).isEmpty();
        assertThat(half).doesNotExist();
    }

    @Test
    void nobody_else_may_read_it() throws IOException {
        open().put(new Thing("one", 1));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("things/one.json"))))
                .isEqualTo("rw-------");
    }
}
