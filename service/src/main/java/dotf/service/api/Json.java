package dotf.service.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Writes JSON documents as they come: a document of any length needs no memory. */
final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private Json() {}

  /** What fills an object or an array. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes one object and a final newline. */
  static void document(OutputStream out, Body fields) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      object(json, fields);
      json.writeRaw('\n');
    }
  }

  static void object(JsonGenerator json, Body fields) throws IOException {
    json.writeStartObject();
    fields.write(json);
    json.writeEndObject();
  }

  static void object(JsonGenerator json, String name, Body fields) throws IOException {
    json.writeFieldName(name);
    object(json, fields);
  }

  static void array(JsonGenerator json, String name, Body items) throws IOException {
    json.writeArrayFieldStart(name);
    items.write(json);
    json.writeEndArray();
  }

  /** A string, or null; other objects by their text. */
  static void text(JsonGenerator json, String name, @Nullable Object value) throws IOException {
    json.writeStringField(name, value == null ? null : value.toString());
  }

  /** ISO 8601 in UTC, to the second, or null. */
  static void time(JsonGenerator json, String name, @Nullable Instant value) throws IOException {
    text(json, name, value == null ? null : value.truncatedTo(ChronoUnit.SECONDS));
  }

  /** The document that stands for an error. */
  static String error(String sentence) {
    return "{\"error\":\""
        + new String(JsonStringEncoder.getInstance().quoteAsString(sentence))
        + "\"}\n";
  }
}
