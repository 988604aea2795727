import java.io.File;
import java.util.List;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.FileDocumentSource;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.model.MissingImportHandlingStrategy;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/** Reads one ontology file and prints, a line each, what it is and what breaks OWL 2 DL and OWL 2 RL. */
public final class Profiles {
    public static void main(String[] arguments) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntologyLoaderConfiguration closed = new OWLOntologyLoaderConfiguration()
            .setFollowRedirects(false)
            .setMissingImportHandlingStrategy(MissingImportHandlingStrategy.THROW_EXCEPTION);
        manager.setOntologyLoaderConfiguration(closed);
        OWLOntology ontology =
            manager.loadOntologyFromOntologyDocument(new FileDocumentSource(new File(arguments[0])), closed);
        print("format", ontology.getFormat().getKey());
        print("ontology", ontology.getOntologyID().getOntologyIRI().map(Object::toString).orElse("none"));
        print("axioms", ontology.getAxiomCount());
        RDFParserMetaData reading =
            (RDFParserMetaData) ontology.getFormat().getOntologyLoaderMetaData().orElseThrow();
        reading.getUnparsedTriples().forEach(triple -> print("unparsed", triple));
        reading.getGuessedDeclarations().forEach((iri, kind) -> print("undeclared", iri));
        for (OWLProfile profile : List.of(new OWL2DLProfile(), new OWL2RLProfile())) {
            for (OWLProfileViolation violation : profile.checkOntology(ontology).getViolations()) {
                print(profile.getName(), violation);
            }
        }
    }

    private static void print(String kind, Object detail) {
        System.out.println(kind + "\t" + detail.toString().replaceAll("\\s+", " "));
    }
}
