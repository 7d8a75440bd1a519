// Pixie's own Go client asks a cloud, or a Vizier directly, for all tables of a script, and tells what
// it got.
//
// client ADDRESS KEY CLUSTER encrypted|plain|direct, with the script on stdin. Prints a JSON line for
// each row: its table, and its values as pxq would write them. TLS roots come from SSL_CERT_FILE.
// Whether rows are encrypted is the client's own default unless it says plain.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"px.dev/pxapi"
	"px.dev/pxapi/types"
)

// reader writes each row of each table, and counts the tables that began and ended.
type reader struct {
	lines        *json.Encoder
	begun, ended int
}

func (r *reader) AcceptTable(context.Context, types.TableMetadata) (pxapi.TableRecordHandler, error) {
	r.begun++
	return r, nil
}

func (r *reader) HandleInit(context.Context, types.TableMetadata) error { return nil }

func (r *reader) HandleDone(context.Context) error {
	r.ended++
	return nil
}

func (r *reader) HandleRecord(_ context.Context, record *types.Record) error {
	row := map[string]any{}
	for i, column := range record.TableMetadata.ColInfo {
		row[column.Name] = value(record.Data[i])
	}
	return r.lines.Encode(map[string]any{"table": record.TableMetadata.Name, "text": row})
}

func value(cell types.Datum) any {
	switch typed := cell.(type) {
	case *types.BooleanValue:
		return typed.Value()
	case *types.Int64Value:
		return typed.Value()
	case *types.Time64NSValue:
		return typed.Value().UnixNano()
	case *types.Float64Value:
		if math.IsNaN(typed.Value()) || math.IsInf(typed.Value(), 0) {
			return cell.String()
		}
		return typed.Value()
	}
	return cell.String()
}

func options(address, key, how string) []pxapi.ClientOption {
	all := []pxapi.ClientOption{pxapi.WithAPIKey(key)}
	if how == "plain" {
		all = append(all, pxapi.WithE2EEncryption(false))
	}
	if how == "direct" {
		return append(all, pxapi.WithDirectAddr(address))
	}
	return append(all, pxapi.WithCloudAddr(address))
}

func run(address, key, cluster, how string) error {
	script, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	ctx := context.Background()
	client, err := pxapi.NewClient(ctx, options(address, key, how)...)
	if err != nil {
		return err
	}
	listed, err := client.ListViziers(ctx)
	if err != nil {
		return err
	}
	if len(listed) != 1 || listed[0].ID != cluster || listed[0].Status != pxapi.VizierStatusHealthy {
		return fmt.Errorf("the list of clusters is not the healthy %s alone", cluster)
	}
	version, err := client.GetLatestVizierVersion(ctx)
	if err != nil || version != listed[0].Version {
		return fmt.Errorf("the newest version is %q: %w", version, err)
	}
	vizier, err := client.NewVizierClient(ctx, cluster)
	if err != nil {
		return err
	}
	rows := &reader{lines: json.NewEncoder(os.Stdout)}
	results, err := vizier.ExecuteScript(ctx, string(script), rows)
	if err != nil {
		return err
	}
	defer results.Close()
	if err := results.Stream(); err != nil {
		return err
	}
	if rows.begun != rows.ended || results.Stats().RecordsProcessed == 0 {
		return fmt.Errorf("%d tables of %d ended, %+v", rows.ended, rows.begun, *results.Stats())
	}
	return nil
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: client ADDRESS KEY CLUSTER encrypted|plain|direct")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
