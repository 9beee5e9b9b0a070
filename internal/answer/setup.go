package answer

// setup is Microsoft-Windows-Setup, of the pass windowsPE.
type setup struct {
	identity
	DiskConfiguration struct {
		Disks      []disk `xml:"Disk"`
		WillShowUI string
	}
	DynamicUpdate struct {
		Enable bool
	}
	OSImage  osImage `xml:"ImageInstall>OSImage"`
	UserData userData
}

type disk struct {
	item
	CreatePartitions []createPartition `xml:"CreatePartitions>CreatePartition"`
	DiskID           int
	ModifyPartitions []modifyPartition `xml:"ModifyPartitions>ModifyPartition"`
	WillWipeDisk     bool
}

type createPartition struct {
	item
	Extend bool
	Order  int
	Type   string
}

type modifyPartition struct {
	item
	Active      bool
	Format      string
	Label       string
	Letter      string
	Order       int
	PartitionID int
}

// osImage has its children in the one order that is known to work: InstallFrom before InstallTo.
type osImage struct {
	MetaData  []metaData `xml:"InstallFrom>MetaData"`
	InstallTo struct {
		DiskID      int
		PartitionID int
	}
	WillShowUI string
}

type metaData struct {
	item
	Key   string
	Value string
}

type userData struct {
	AcceptEula   bool
	FullName     string
	Organization string
	ProductKey   struct {
		WillShowUI string
	}
}

func newSetup(in Install) setup {
	s := setup{identity: component("Setup", in.Arch)}
	// One active partition over the whole disk: the layout that is simplest to grow in a cloud.
	d := disk{item: add, WillWipeDisk: true}
	d.CreatePartitions = []createPartition{{item: add, Type: "Primary", Extend: true}}
	d.ModifyPartitions = []modifyPartition{{
		item: add, PartitionID: 1, Active: true, Format: "NTFS", Label: "Windows", Letter: "C",
	}}
	s.DiskConfiguration.Disks = []disk{d}
	s.DiskConfiguration.WillShowUI = "OnError"
	s.OSImage.MetaData = []metaData{{item: add, Key: "/IMAGE/NAME", Value: in.Edition}}
	s.OSImage.InstallTo.PartitionID = 1
	s.OSImage.WillShowUI = "OnError"
	s.UserData = userData{AcceptEula: true, FullName: in.User, Organization: in.Organization}
	// Windows 7 installs without a key, and then runs in its grace period, if Setup is told not to ask for one.
	s.UserData.ProductKey.WillShowUI = "Never"
	return s
}
